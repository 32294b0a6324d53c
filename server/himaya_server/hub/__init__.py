"""JupyterHub round a class: notebooks on demand, each under a Unix user of its own."""
