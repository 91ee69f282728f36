"""The province packs: one folder of tables each. Nothing here is code but the build scripts."""
