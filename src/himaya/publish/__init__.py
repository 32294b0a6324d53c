"""Build: model -> activities, notebook, assignment. The same source gives the same bytes."""
