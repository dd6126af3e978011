//! Whose mailbox or home folder a file lies in, told from its path by plain rules that can be explained. Never
//! guesses from the content.

/// Folders that hold a folder for each person.
const OF_PERSONS: [&str; 18] = [
    "mailboxen",
    "mailboxes",
    "postvakken",
    "postbussen",
    "pst",
    "home",
    "homes",
    "homedrive",
    "homedrives",
    "users",
    "gebruikers",
    "personen",
    "persoonlijk",
    "persoonlijke mappen",
    "medewerkers",
    "custodians",
    "h-schijf",
    "p-schijf",
];
/// Files that are one person's mailbox.
const MAILBOXES: [&str; 5] = ["pst", "ost", "mbox", "mbx", "olm"];

/// The custodian of the file at `path` within its bron.
pub fn custodian(path: &[u8]) -> Option<String> {
    let path = String::from_utf8_lossy(path);
    let mut parts = path.split('/').peekable();
    while let Some(part) = parts.next() {
        let of_persons = OF_PERSONS.contains(&part.to_lowercase().as_str());
        if of_persons && let Some(person) = parts.peek() {
            return name(person);
        }
    }
    let file = path.rsplit('/').next().unwrap_or_default();
    mailbox(file).and_then(name)
}

/// The name of a mailbox file without its ending.
fn mailbox(file: &str) -> Option<&str> {
    let (stem, ending) = file.rsplit_once('.')?;
    MAILBOXES
        .contains(&ending.to_lowercase().as_str())
        .then_some(stem)
}

fn name(part: &str) -> Option<String> {
    let name = mailbox(part).unwrap_or(part).trim();
    name.chars()
        .any(char::is_alphabetic)
        .then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::custodian;

    #[test]
    fn the_path_tells_whose_it_is() {
        let of = |path: &str| custodian(path.as_bytes());
        assert_eq!(
            of("Postvakken/J. de Vries/2021/a.eml").unwrap(),
            "J. de Vries"
        );
        assert_eq!(of("mail/jdevries.pst").unwrap(), "jdevries");
        assert_eq!(of("pst/jdevries.pst").unwrap(), "jdevries");
        assert_eq!(of("home/fbakker/nota.docx").unwrap(), "fbakker");
        assert_eq!(of("Projecten/Kade/nota.docx"), None);
        assert_eq!(of("users/2021/nota.docx"), None);
    }
}
