"""What only people can do: read a module or its translation, say what they find, and sign what they read."""
