//! Archives.

use super::{Input, Limits, Outcome, Output, Reason};

/// Reads one `zip` document.
pub fn read_zip(_input: &mut Input, _limits: &Limits, _output: &mut dyn Output) -> Outcome {
    Outcome::Unreadable(Reason::NoReader("zip".into()))
}
