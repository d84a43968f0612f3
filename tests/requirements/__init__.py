"""Requirements: what explains a failure, what moves a score, and what is lost or counted wrongly."""
