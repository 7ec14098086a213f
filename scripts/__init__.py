"""Everything that takes a machine to a running site (`demo`) and to tested code (`test`)."""
