//! Which comments in a web page say something to people: sentences do, marks of programs and code do not. Never looks
//! at the page around them.

/// Fewer words than this are a label (`einde menu`), not a sentence.
const LEAST: usize = 4;

/// Whether a comment is a condition for one browser, a declaration, or left by a program that copied.
pub(super) fn is_condition(text: &str) -> bool {
    text.trim_start().starts_with(['[', '?'])
}

/// Whether a text is made of words: nearly all of it, several of them not capitalised as names are.
pub(super) fn is_sentence(text: &str) -> bool {
    const CODE: [char; 8] = ['{', '}', '=', '<', '>', '$', '_', '\\'];
    if text.contains('{') && text.contains('}') {
        return false;
    }
    let (mut words, mut small, mut others) = (0, 0, 0);
    for token in text.split_whitespace() {
        let code = token.contains(CODE);
        let bare = token.trim_matches(|char: char| !char.is_alphanumeric());
        let written = |char: char| char.is_alphabetic() || matches!(char, '-' | '\'' | '’');
        match bare.chars().count() {
            0 | 1 if !code => {}
            _ if !code && bare.chars().all(written) => {
                words += 1;
                small += usize::from(bare.starts_with(char::is_lowercase));
            }
            // An amount or a year.
            _ if !code && bare.starts_with(|char: char| char.is_ascii_digit()) => {}
            _ => others += 1,
        }
    }
    words >= LEAST && small >= 2 && words >= 3 * others
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_told_from_code_and_marks() {
        for said in [
            "Dit bedrag (€ 12.500) mag niet op de website komen!",
            "let op: Jan heeft hier bezwaar tegen gemaakt",
            "In 2019 is de coördinatie overgedragen aan het ministerie;",
        ] {
            assert!(is_sentence(said), "{said}");
        }
        for not_said in [
            "StartFragment",
            "einde menu",
            "End Google Tag Manager",
            "Converted from text/rtf format",
            "var x = 1; if (x == y) { return x; } else { return false; }",
            ".menu { color: red; float: left; margin: 0 auto }",
            "var teller = 0; teller += 1; totaal = teller * 2;",
            "#include virtual=\"/kop.html\"",
            "saved from url=(0036)https://www.rws.nl/dijk/index.html",
        ] {
            assert!(!is_sentence(not_said), "{not_said}");
        }
        assert!(is_condition("[if gte mso 9]><xml><o:PNG/></xml><![endif]"));
    }
}
