//! The account of a container: how many members belong in it, how many were handed over, and how many could not be
//! had, as properties of the container. Never decides what a member is, and never holds one.

use super::{Outcome, Output, Reason, Stop};

/// How many members belong in a container.
pub(super) enum Expected {
    /// The container tells it, or was read to its end.
    Known(u64),
    /// Reading ended before it was known.
    AtLeast(u64),
}

/// Passes everything on, and counts the children.
pub(super) struct Counted<'o> {
    output: &'o mut dyn Output,
    /// What members are called, in the plural.
    what: &'static str,
    begun: u64,
    lost: u64,
    open: bool,
}

impl<'o> Counted<'o> {
    /// Counts what goes to `output`; `what` is how members are called, such as "onderdelen".
    pub(super) fn new(what: &'static str, output: &'o mut dyn Output) -> Self {
        Self {
            output,
            what,
            begun: 0,
            lost: 0,
            open: false,
        }
    }

    /// Members that were handed over, whole or not.
    pub(super) fn begun(&self) -> u64 {
        self.begun
    }

    /// Tells the account, after everything else; `outcome` is how the reading ended.
    pub(super) fn tell(self, outcome: Outcome, expected: Expected) -> Outcome {
        // A member that was open when the receiver had enough is not whole.
        let read = self.begun - self.lost - u64::from(self.open);
        let (number, least) = match expected {
            Expected::Known(number) => (number, ""),
            Expected::AtLeast(number) => (number, "ten minste "),
        };
        let number = number.max(self.begun);
        let missing = number - read;
        let told = [
            ("verwacht", format!("{least}{number}")),
            ("gelezen", read.to_string()),
            ("niet gelezen", format!("{least}{missing}")),
        ]
        .iter()
        .try_for_each(|(which, value)| {
            self.output
                .property(&format!("{} {which}", self.what), value)
        });
        match (outcome, told) {
            (Outcome::Whole, Err(stop)) => stop.into(),
            (outcome, _) => outcome,
        }
    }
}

impl Output for Counted<'_> {
    fn text(&mut self, text: &str) -> Result<(), Stop> {
        self.output.text(text)
    }

    fn end_page(&mut self) -> Result<(), Stop> {
        self.output.end_page()
    }

    fn property(&mut self, key: &str, value: &str) -> Result<(), Stop> {
        self.output.property(key, value)
    }

    fn begin_child(&mut self, name: &str, key: &str) -> Result<(), Stop> {
        self.output.begin_child(name, key)?;
        self.begun += 1;
        self.open = true;
        Ok(())
    }

    fn child_bytes(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        self.output.child_bytes(bytes)
    }

    fn child_part(&mut self, offset: u64, bytes: &[u8]) -> Result<(), Stop> {
        self.output.child_part(offset, bytes)
    }

    fn end_child(&mut self, unreadable: Option<Reason>) -> Result<(), Stop> {
        self.lost += u64::from(unreadable.is_some());
        self.open = false;
        self.output.end_child(unreadable)
    }
}
