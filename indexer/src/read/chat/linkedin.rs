//! What LinkedIn hands out as CSV: messages, posts and comments. Knows its columns by their names, and keeps
//! what stands in others as a remark.

use super::super::encoding::Failure;
use super::super::{Input, Limits, Outcome, Output, html, text};
use super::json::{IN_MEMORY, OWNER, whole};
use super::post::Post;
use super::stamp::{self, Order};
use super::{Chat, Moment};

/// Whether a text begins with the column names of LinkedIn's files.
pub(super) fn is_export(start: &str) -> bool {
    // No line of column names is longer.
    let start = &start[..start.floor_char_boundary(4096)];
    let line = start.lines().next().unwrap_or_default();
    let line = line.to_ascii_lowercase().replace('"', "");
    line.contains("sharecommentary")
        || (line.contains("conversation id") && line.contains("content") && line.contains("date"))
        || line.trim_end() == "date,link,message"
}

/// Reads a `linkedin` document.
pub fn read_linkedin(input: &mut Input, limits: &Limits, output: &mut dyn Output) -> Outcome {
    match linkedin(input, output) {
        Ok(true) => Outcome::Whole,
        Ok(false) => text::read_text("csv", input, limits, output),
        Err(failure) => failure.into(),
    }
}

/// `false` when nothing was given, because no row has a moment.
fn linkedin(input: &mut Input, output: &mut dyn Output) -> Result<bool, Failure> {
    if input.size > IN_MEMORY {
        return Ok(false);
    }
    let whole = whole(input)?;
    let mut rows = csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(whole.as_bytes());
    let columns: Vec<String> = match rows.headers() {
        Ok(names) => names
            .iter()
            .map(|name| name.trim().to_lowercase())
            .collect(),
        Err(_) => return Ok(false),
    };
    let mut posts = Vec::new();
    for row in rows.records() {
        let Ok(row) = row else {
            return Ok(false);
        };
        posts.push(post(&columns, &row));
    }
    if !posts.iter().any(|post| post.moment.is_some()) {
        return Ok(false);
    }
    if posts.first().map(|post| post.moment) > posts.last().map(|post| post.moment) {
        posts.reverse();
    }
    let mut chat = Chat::new(output);
    for post in &posts {
        chat.post(post)?;
    }
    chat.finish("LinkedIn-berichten")?;
    Ok(true)
}

fn post(columns: &[String], row: &csv::StringRecord) -> Post {
    let mut post = Post::default();
    for (at, value) in row.iter().enumerate() {
        let value = value.trim();
        let name = columns.get(at).map_or("", String::as_str);
        match name {
            _ if value.is_empty() => {}
            "date" if post.moment.is_none() => {
                post.moment = moment(value);
                if post.moment.is_none() {
                    post.marks.push(format!("(date: {value})"));
                }
            }
            "from" => post.sender = Some(value.to_owned()),
            "to" => post.marks.push(format!("(aan: {value})")),
            "subject" | "content" | "sharecommentary" | "message" => {
                if !post.text.is_empty() {
                    post.text.push('\n');
                }
                let markup = value.contains("</") || value.contains("<br");
                let shown = if markup {
                    html::visible_text(value)
                } else {
                    value.to_owned()
                };
                post.text.push_str(shown.trim_end());
            }
            "conversation id"
            | "folder"
            | "visibility"
            | "is message draft"
            | "sender profile url"
            | "recipient profile urls" => {}
            "conversation title" => post.marks.push(format!("(gesprek: {value})")),
            "attachments" => post.marks.push(format!("(bijlage: {value})")),
            _ if value.starts_with("http") => post.marks.push(format!("(link: {value})")),
            "" => post.marks.push(format!("({value})")),
            _ => post.marks.push(format!("({name}: {value})")),
        }
    }
    post.sender.get_or_insert_with(|| OWNER.to_owned());
    post
}

/// LinkedIn writes moments in UTC, in older exports on the clock of the owner.
fn moment(text: &str) -> Option<Moment> {
    let utc = text.trim_end_matches("UTC").trim_end();
    Moment::iso(&format!("{utc}Z")).or_else(|| {
        let head = format!("{text} - ");
        stamp::take(&head)?.0.moment(Order::MonthDay)
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::key;
    use super::super::super::testing::read_bytes;
    use super::*;

    const MESSAGES: &str = "CONVERSATION ID,CONVERSATION TITLE,FROM,SENDER PROFILE URL,TO,RECIPIENT PROFILE URLS,DATE,SUBJECT,CONTENT,FOLDER\n\
        1,,Els,https://linkedin.com/in/els,Jan,https://linkedin.com/in/jan,2024-03-16 13:03:22 UTC,,\"Ja, \"\"goed\"\"\ntot dan\",INBOX\n\
        1,,Jan,https://linkedin.com/in/jan,Els,https://linkedin.com/in/els,2024-03-15 13:03:22 UTC,Kade,<p>Koffie?</p>,INBOX\n";

    #[test]
    fn messages_posts_and_comments() {
        let (format, out, outcome) = read_bytes("messages.csv", MESSAGES.as_bytes());
        assert_eq!((format.as_str(), outcome), ("linkedin", Outcome::Whole));
        assert_eq!(
            out.pages,
            [
                "[2024-03-15 14:03:22] Jan: Kade\n  Koffie? (aan: Els)\n",
                "[2024-03-16 14:03:22] Els: Ja, \"goed\"\n  tot dan (aan: Jan)\n"
            ]
        );
        assert_eq!(out.values(key::MESSAGES), ["2"]);
        let shares = "Date,ShareLink,ShareCommentary,SharedUrl,MediaUrl,Visibility\n2024-03-15 13:03:22,https://linkedin.com/1,De kade is klaar,,,MEMBER_NETWORK\n";
        let (format, out, _) = read_bytes("Shares.csv", shares.as_bytes());
        assert_eq!(format, "linkedin");
        assert_eq!(
            out.pages,
            [
                "[2024-03-15 14:03:22] accounthouder: De kade is klaar (link: https://linkedin.com/1)\n"
            ]
        );
        let comments = "Date,Link,Message\n\"3/15/24, 1:03 PM\",https://linkedin.com/1,Mooi\n";
        let (_, out, _) = read_bytes("Comments.csv", comments.as_bytes());
        assert_eq!(
            out.pages,
            ["[2024-03-15 13:03] accounthouder: Mooi (link: https://linkedin.com/1)\n"]
        );
    }

    #[test]
    fn what_is_no_export_or_cut_keeps_its_text() {
        let (format, out, _) = read_bytes("a.csv", b"Date,Link,Message\nmorgen,a,b\n");
        assert_eq!(
            (format.as_str(), out.rest.as_str()),
            ("linkedin", "Date,Link,Message\nmorgen,a,b\n")
        );
        assert_eq!(read_bytes("a.csv", b"Date,Amount\n2024-03-15,3\n").0, "csv");
        for cut in (0..MESSAGES.len()).step_by(16) {
            let (_, out, outcome) = read_bytes("messages.csv", &MESSAGES.as_bytes()[..cut]);
            assert_eq!(outcome, Outcome::Whole);
            assert!(cut < 400 || out.all_text().contains("goed"));
        }
    }
}
