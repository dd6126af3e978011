//! XLSX.

use super::{Input, Limits, Outcome, Output, Reason};

/// Reads one `xlsx` document.
pub fn read_xlsx(_input: &mut Input, _limits: &Limits, _output: &mut dyn Output) -> Outcome {
    Outcome::Unreadable(Reason::NoReader("xlsx".into()))
}
