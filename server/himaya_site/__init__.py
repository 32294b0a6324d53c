"""The site of a class: Django over the tables of `himaya_server.classroom`. It grades nothing and starts no Jupyter."""
