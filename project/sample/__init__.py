"""The sample tables: public data on flights, so that a new installation shows something alive."""
