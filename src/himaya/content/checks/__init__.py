"""The general checks of a module, one file for each subject."""
