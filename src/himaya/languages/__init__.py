"""Languages: interface strings. Content stays in its module; nothing here knows how a screen is drawn."""
