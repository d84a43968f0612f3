"""Several targets side by side: what their contracts say, what they do, and whether one can replace another."""
