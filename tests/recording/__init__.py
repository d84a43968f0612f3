"""Tests of recordings: journal, resume, judge, replay, budget, targets."""
