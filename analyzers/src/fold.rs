//! Character folding.
