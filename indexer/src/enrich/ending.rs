//! Names that tell another format than the content: a PDF that is called `.docx` is read as what it is, and the wrong
//! ending is noted. Never decides how something is read.

/// Endings that promise one format, and the formats that keep the promise.
const PROMISES: [(&str, &[&str]); 21] = [
    ("pdf", &["pdf"]),
    ("doc", &["doc", "docx", "rtf", "html", "txt", "mht", "xml"]),
    ("docx", &["docx"]),
    (
        "xls",
        &["xls", "xlsx", "xlsb", "html", "csv", "tsv", "xml", "mht"],
    ),
    ("xlsx", &["xlsx", "xlsb"]),
    ("ppt", &["ppt", "pptx"]),
    ("pptx", &["pptx"]),
    ("odt", &["odt"]),
    ("ods", &["ods"]),
    ("odp", &["odp"]),
    ("rtf", &["rtf"]),
    ("msg", &["msg"]),
    ("eml", &["eml", "mht"]),
    ("pst", &["pst"]),
    ("zip", &["zip"]),
    ("png", &["png"]),
    ("jpg", &["jpeg"]),
    ("jpeg", &["jpeg"]),
    ("tif", &["tiff"]),
    ("tiff", &["tiff"]),
    ("gif", &["gif"]),
];

/// The ending of `name`, when it promises something else than `format`. Damaged, encrypted and empty files have no
/// format that could be wrong.
pub fn wrong<'n>(name: &'n str, format: &str) -> Option<&'n str> {
    let (_, ending) = name.rsplit_once('.')?;
    let lower = ending.to_ascii_lowercase();
    let (_, kept_by) = PROMISES.iter().find(|(promise, _)| *promise == lower)?;
    let known = !matches!(format, "onbekend" | "leeg" | "ole");
    (known && !kept_by.contains(&format)).then_some(ending)
}

#[cfg(test)]
mod tests {
    use super::wrong;

    #[test]
    fn only_a_broken_promise_is_told() {
        assert_eq!(wrong("nota.docx", "pdf"), Some("docx"));
        assert_eq!(wrong("nota.DOCX", "docx"), None);
        assert_eq!(wrong("oud.doc", "rtf"), None);
        assert_eq!(wrong("nota.v2", "pdf"), None);
        assert_eq!(wrong("leeg.pdf", "leeg"), None);
    }
}
