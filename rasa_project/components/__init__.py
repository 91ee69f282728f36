"""Custom Rasa components: they read Vietnamese as citizens type it, with or without diacritics."""
