//! The rights of a document as one word of the index: documents with the same rights share it, so that what somebody may
//! see is decided once for each word and not for each document. Owns that word. Never knows who asks.

use crate::Access;

/// Nobody may see the document.
pub const CLOSED: &str = "!";
/// Nothing is known of its rights.
pub const UNKNOWN: &str = "?";
/// Between lists: allowed, denied, and a set for each folder on the way.
const LIST: char = '\u{1e}';
/// Between the names of a list.
const NAME: char = '\u{1f}';
/// A word of the index cannot be much longer. Rights that need more are not known: nobody sees too much by that.
const LONGEST: usize = 60_000;

/// The word for these rights.
pub fn word(access: &Access) -> String {
    if access.closed {
        return CLOSED.to_owned();
    }
    if !access.known {
        return UNKNOWN.to_owned();
    }
    let access = access.clone().tidy();
    let lists = [&access.allow, &access.deny].into_iter();
    let lists: Vec<&Vec<String>> = lists.chain(&access.through).collect();
    let mut names = lists.iter().flat_map(|list| list.iter());
    // A name that cannot be told from two others, or from none.
    if names.any(|name| name.is_empty() || name.contains([LIST, NAME])) {
        return UNKNOWN.to_owned();
    }
    let mut word = String::from("=");
    for (at, list) in lists.into_iter().enumerate() {
        if at > 0 {
            word.push(LIST);
        }
        for (at, name) in list.iter().enumerate() {
            if at > 0 {
                word.push(NAME);
            }
            word.push_str(name);
        }
    }
    if word.len() > LONGEST {
        return UNKNOWN.to_owned();
    }
    word
}

/// Whether who is all that `is` holds for may see documents with these rights; `None` when that is not known.
pub fn admits(word: &str, is: impl Fn(&str) -> bool) -> Option<bool> {
    if word == CLOSED {
        return Some(false);
    }
    let mut lists = word.strip_prefix('=')?.split(LIST);
    let mut some = |list: &str| list.split(NAME).any(&is);
    let allowed = lists.next().is_some_and(&mut some);
    let denied = lists.next().is_none_or(&mut some);
    Some(allowed && !denied && lists.all(some))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Principals;
    use proptest::prelude::*;

    fn names() -> impl Strategy<Value = Vec<String>> {
        proptest::collection::vec("[a-e]|iedereen", 0..4)
    }

    proptest! {
        #[test]
        fn the_word_lets_in_who_the_rights_let_in(
            allow in names(),
            deny in names(),
            through in proptest::collection::vec(names(), 0..3),
            (closed, known) in (any::<bool>(), any::<bool>()),
            who in names(),
        ) {
            let access = Access { allow, deny, through, closed, known };
            let who = Principals::new(who);
            let decided = admits(&word(&access), |name| who.has(name));
            prop_assert_eq!(decided.is_none(), !known && !closed);
            prop_assert_eq!(decided.unwrap_or(false), access.admits(&who, "x"));
        }
    }

    #[test]
    fn rights_that_do_not_fit_a_word_are_not_known() {
        let long = Access::only((0..20_000).map(|number| format!("gid:{number}")));
        assert_eq!(word(&long), UNKNOWN);
        for name in ["", "a\u{1f}b", "a\u{1e}"] {
            assert_eq!(word(&Access::only([name.to_owned()])), UNKNOWN);
        }
    }
}
