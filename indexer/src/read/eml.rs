//! Mail messages.

use super::{Input, Limits, Outcome, Output, Reason};

/// Reads one `eml` document.
pub fn read_eml(_input: &mut Input, _limits: &Limits, _output: &mut dyn Output) -> Outcome {
    Outcome::Unreadable(Reason::NoReader("eml".into()))
}
