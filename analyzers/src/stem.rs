//! Word forms.
