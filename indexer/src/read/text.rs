//! Plain text.

use super::{Input, Limits, Outcome, Output, Reason};

/// Reads one text document.
pub fn read_text(
    format: &str,
    _input: &mut Input,
    _limits: &Limits,
    _output: &mut dyn Output,
) -> Outcome {
    Outcome::Unreadable(Reason::NoReader(format.into()))
}
