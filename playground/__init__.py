"""A local Telegram, to try and test the bot without a token: the Bot API and a chat page."""
