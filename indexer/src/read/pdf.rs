//! PDF.

use super::{Input, Limits, Outcome, Output, Reason};

/// Reads one `pdf` document.
pub fn read_pdf(_input: &mut Input, _limits: &Limits, _output: &mut dyn Output) -> Outcome {
    Outcome::Unreadable(Reason::NoReader("pdf".into()))
}
