//! Images.

use super::{Input, Limits, Outcome, Output, Reason};

/// Reads one `afbeelding` document.
pub fn read_image(_input: &mut Input, _limits: &Limits, _output: &mut dyn Output) -> Outcome {
    Outcome::Unreadable(Reason::NoReader("afbeelding".into()))
}
