//! DOCX and PPTX.

use super::{Input, Limits, Outcome, Output, Reason};

/// Reads one `docx` document.
pub fn read_docx(_input: &mut Input, _limits: &Limits, _output: &mut dyn Output) -> Outcome {
    Outcome::Unreadable(Reason::NoReader("docx".into()))
}

/// Reads one `pptx` document.
pub fn read_pptx(_input: &mut Input, _limits: &Limits, _output: &mut dyn Output) -> Outcome {
    Outcome::Unreadable(Reason::NoReader("pptx".into()))
}
