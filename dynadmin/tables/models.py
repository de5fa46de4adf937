"""Where Django looks for the models of the app: there are none here, as the registry makes them at run time.

That the module is there is what makes ``dumpdata`` take their rows, and ``migrate`` their permissions.
"""
