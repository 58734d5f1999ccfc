//! Markdown that strangers wrote, as HTML that a page can hold.

use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};
use pulldown_cmark::{Options, Parser};

/// What is left of the HTML: text, links, lists and tables. Images go, because they would
/// tell a third party who reads.
static SANITISER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::default();
    builder
        .rm_tags(["img", "map", "area"])
        .url_schemes(["http", "https", "mailto", "tel"].into())
        .url_relative(UrlRelative::Deny)
        .link_rel(Some("nofollow noopener noreferrer"));
    builder
});

/// Elements within one another at the most: the time that an HTML parser takes grows with
/// the square of it.
const DEEPEST: usize = 200;

/// `markdown` (CommonMark, with tables and strikethrough) as sanitised HTML; as plain text
/// if its elements lie too deep within one another.
pub fn html(markdown: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let mut html = String::with_capacity(markdown.len() * 3 / 2);
    pulldown_cmark::html::push_html(&mut html, Parser::new_ext(markdown, options));
    if depth(&html) > DEEPEST {
        return format!("<p>{}</p>\n", ammonia::clean_text(markdown));
    }
    SANITISER.clean(&html).to_string()
}

/// How deep the elements of `html` may lie within one another, at the most.
fn depth(html: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for tag in html.split('<').skip(1) {
        if tag.starts_with('/') {
            depth = depth.saturating_sub(1);
        } else if !["br", "hr", "img"].iter().any(|void| tag.starts_with(void)) {
            depth += 1;
            deepest = deepest.max(depth);
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn structure_stays() {
        assert_eq!(
            html("# Le lieu\n\n*350 m²*, [voir](https://example.org/a)"),
            "<h1>Le lieu</h1>\n<p><em>350 m²</em>, <a href=\"https://example.org/a\" \
             rel=\"nofollow noopener noreferrer\">voir</a></p>\n"
        );
        assert!(html("| a | b |\n|---|---|\n| 1 | 2 |").contains("<td>2</td>"));
    }

    #[test]
    fn nothing_runs_and_nothing_is_fetched() {
        for attack in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "![](https://example.org/pixel.gif)",
            "<a href=\"javascript:alert(1)\">a</a>",
            "[a](javascript:alert(1))",
            "[a](data:text/html;base64,PHNjcmlwdD4=)",
            "<p onclick=\"alert(1)\" style=\"position:fixed\">a</p>",
            "<iframe src=\"https://example.org\"></iframe>",
            "<svg><script>alert(1)</script></svg>",
            "<style>body{display:none}</style>",
            "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
        ] {
            let html = html(attack).to_lowercase();
            for sign in [
                "<script",
                "<img",
                "<iframe",
                "<style",
                "<svg",
                "javascript:",
                "data:",
                "onclick",
                "onerror",
                "style=",
            ] {
                assert!(!html.contains(sign), "{attack} became {html}");
            }
        }
    }

    #[test]
    fn deep_nesting_is_borne() {
        for nested in [">", "<b>", "+ "].map(|mark| mark.repeat(6000)) {
            assert!(html(&nested).starts_with("<p>"));
        }
        assert!(html(&">".repeat(20)).starts_with("<blockquote>"));
    }

    proptest! {
        #[test]
        fn sanitised_html_has_nothing_left_to_remove(text in "[<>a-z\"'=/ \\[\\]()!*#&;:\n]{0,200}") {
            let once = html(&text);
            prop_assert_eq!(SANITISER.clean(&once).to_string(), once);
        }
    }
}
