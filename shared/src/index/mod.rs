//! The index seam.
