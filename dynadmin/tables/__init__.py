"""The app of the dynamic tables: no models, no migrations; the registry fills it at run time."""
