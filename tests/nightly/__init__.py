"""Tests of nights: all targets, compared with the night before."""
