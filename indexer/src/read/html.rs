//! Web pages.

use super::{Input, Limits, Outcome, Output, Reason};

/// Reads one `html` document.
pub fn read_html(_input: &mut Input, _limits: &Limits, _output: &mut dyn Output) -> Outcome {
    Outcome::Unreadable(Reason::NoReader("html".into()))
}
