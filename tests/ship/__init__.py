"""Tests of what others install and run: packages, the action, the image, the hook."""
