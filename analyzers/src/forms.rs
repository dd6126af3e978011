//! What a folded word is a form of, and the parts of a compound. Owns the cache per thread. Never sees more than
//! one word.

use crate::stem::stem_tail;

/// What a folded word of plain letters stands for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Forms {
    /// Every word that it is a form of; never empty.
    pub lemmas: Box<[Box<str>]>,
    /// The lemmas of its parts, when it is a compound.
    pub parts: Box<[Box<str>]>,
}

/// Looks `word` up.
pub(crate) fn forms_of<R>(word: &str, _capitalised: bool, use_it: impl FnOnce(&Forms) -> R) -> R {
    let mut term = word.to_owned();
    stem_tail(&mut term, 0);
    use_it(&Forms {
        lemmas: [term.into_boxed_str()].into(),
        parts: [].into(),
    })
}
