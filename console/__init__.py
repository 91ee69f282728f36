"""The staff web site: pages over `cases`. It holds no key, so it cannot know who wrote."""
