"""How the parts of the site are put together: settings, addresses, what every answer has in common, the server."""
