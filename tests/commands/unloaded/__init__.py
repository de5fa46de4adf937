"""An app that keeps a process from loading the dynamic tables, as an old database or a fault would."""
