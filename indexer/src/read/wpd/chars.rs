//! The character sets of WordPerfect as Unicode, as far as Western texts use them. Never guesses.

/// Not a set: the single bytes below the space in version 6, which mean accented letters.
pub(super) const DEFAULT: u8 = 0xff;

/// Letters that version 6 writes in one byte, from 1.
const SHORT: &str = "åÅæÆäÄáàâãÃçÇëéÉèêíñÑøØõÕöÖüÜúùß";

/// Set 1 from 23 (accents that stand alone come before it).
const LETTERS: &str =
    "ßĸȷÁáÂâÄäÀàÅåÆæÇçÉéÊêËëÈèÍíÎîÏïÌìÑñÓóÔôÖöÒòÚúÛûÜüÙùŸÿÃãĐđØøÕõÝýÐðÞþĂăĀāĄąĆćČčĈĉĊċĎďĚěĖėĒēĘę";

/// Set 4: signs of print.
const SIGNS: &str = "●○■•*¶§¡¿«»£¥₧ƒªº½¼¢²ⁿ®©¤¾³‛’‘‟”“–—‹›○□†‡™℠℞";

/// The character of a code in a set.
pub(super) fn of(set: u8, code: u8) -> Option<char> {
    let nth = |all: &str, at: Option<u8>| all.chars().nth(usize::from(at?));
    match set {
        DEFAULT => nth(SHORT, code.checked_sub(1)),
        0 => Some(char::from(code)).filter(|char| (' '..='~').contains(char)),
        1 => nth(LETTERS, code.checked_sub(23)),
        4 if code == 72 => Some('€'),
        4 => nth(SIGNS, Some(code)),
        6 => nth("−±≤≥∝∕∕∖÷∣⟨⟩∼≈≡∈∩∥∑∞¬→←↑↓↔↕▸◂▴▾⋅·∘•", Some(code)),
        8 => nth(
            "ΑαΒβΒϐΓγΔδΕεΖζΗηΘθΙιΚκΛλΜμΝνΞξΟοΠπΡρΣσΣςΤτΥυΦφΧχΨψΩω",
            Some(code),
        ),
        _ => None,
    }
}
