"""The citizen's side: Telegram in, Telegram out, and the conversation between."""
