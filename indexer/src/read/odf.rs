//! ODT, ODS and ODP.

use super::{Input, Limits, Outcome, Output, Reason};

/// Reads one `odt` document.
pub fn read_odt(_input: &mut Input, _limits: &Limits, _output: &mut dyn Output) -> Outcome {
    Outcome::Unreadable(Reason::NoReader("odt".into()))
}

/// Reads one `ods` document.
pub fn read_ods(_input: &mut Input, _limits: &Limits, _output: &mut dyn Output) -> Outcome {
    Outcome::Unreadable(Reason::NoReader("ods".into()))
}

/// Reads one `odp` document.
pub fn read_odp(_input: &mut Input, _limits: &Limits, _output: &mut dyn Output) -> Outcome {
    Outcome::Unreadable(Reason::NoReader("odp".into()))
}
