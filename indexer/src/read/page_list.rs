//! Lists of pages in properties, such as `2 4-7`: written by the readers, read by who must do something with
//! those pages. Never knows what is on a page.

/// More pages than this in one list are not believed.
const MOST: usize = 1_000_000;

/// Page numbers (from 1, ascending) as text, runs joined by a dash.
pub fn write(pages: &[u32]) -> String {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for &page in pages {
        match runs.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(page) => *last = page,
            _ => runs.push((page, page)),
        }
    }
    let shown = runs.iter().map(|(first, last)| match first == last {
        true => first.to_string(),
        false => format!("{first}-{last}"),
    });
    shown.collect::<Vec<_>>().join(" ")
}

/// The page numbers in such a text; what is no page number is passed over.
pub fn parse(list: &str) -> Vec<u32> {
    let mut pages = Vec::new();
    for run in list.split_whitespace() {
        let (first, last) = run.split_once('-').unwrap_or((run, run));
        let (Ok(first), Ok(last)) = (first.parse::<u32>(), last.parse::<u32>()) else {
            continue;
        };
        let room = MOST - pages.len();
        pages.extend((first.max(1)..=last).take(room));
    }
    pages
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_pages_goes_through_text_and_back() {
        for (pages, text) in [
            (vec![], ""),
            (vec![1], "1"),
            (vec![1, 2, 3], "1-3"),
            (vec![2, 4, 5, 6, 7, 9], "2 4-7 9"),
        ] {
            assert_eq!(write(&pages), text);
            assert_eq!(parse(text), pages);
        }
        assert_eq!(parse("x 3-1 2- 4294967295 0"), [4_294_967_295]);
        assert_eq!(parse("1-4294967295").len(), MOST);
    }
}
