//! Selectors for a text that a reader sees.

use crawl::page::{Pick, Selector, Stability, pick};
use libtest_mimic::Trial;

use super::{parse, trial};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("pick_ranks_by_stability", ranks),
        trial("pick_takes_the_smallest_element", smallest),
        trial("pick_narrows_what_matches_more", narrows),
        trial("pick_takes_an_address_after_classes_unless_it_alone_is_unique", addresses),
        trial("pick_every_selector_matches_the_element", all_match),
        trial("pick_reads_labels_and_finds_no_more_than_there_is", labels),
    ]
}

fn ranks() {
    let document = parse(
        "<main><button data-testid=buy id=buy-now name=buy class='css-1x2y3z8 primary'>Buy <b>now</b></button><button class=primary>No</button></main>",
    );
    let picked = pick(&document, "buy now").unwrap();
    let kinds: Vec<Stability> = picked.picks.iter().map(|pick| pick.stability).collect();
    assert!(kinds.is_sorted(), "{kinds:?}");
    let first = |stability| picked.picks.iter().find(|pick| pick.stability == stability).cloned();
    let of = |selector: &str, stability, count| Some(Pick { selector: selector.to_owned(), stability, count });
    assert_eq!(first(Stability::TestId), of("[data-testid='buy']", Stability::TestId, 1));
    assert_eq!(first(Stability::Id), of("#buy-now", Stability::Id, 1));
    assert_eq!(first(Stability::RoleName), of("button[name='buy']", Stability::RoleName, 1));
    assert_eq!(first(Stability::Class), of("button.primary", Stability::Class, 2));
    assert_eq!(first(Stability::Structure), of("body > main > button:nth-of-type(1)", Stability::Structure, 1));
}

fn smallest() {
    let document = parse("<div><p>a Total b</p><p><span>Total</span></p></div>");
    let picked = pick(&document, " total ").unwrap();
    assert_eq!(document.name(picked.element), "span");
    assert_eq!(picked.candidates, 1);
    let picked = pick(&document, "a total").unwrap();
    assert_eq!(document.name(picked.element), "p");
}

fn narrows() {
    let document = parse("<p><a href=/a>A</a> <a href=/b>B</a>");
    let best = pick(&document, "b").unwrap().picks.remove(0);
    assert_eq!((best.selector.as_str(), best.count), ("a[href='/b']", 1));
    let document = parse("<ul id=a><li class=x>1<li class=x>2</ul><ul id=b><li class=x>3</ul>");
    let picked = pick(&document, "3").unwrap();
    let best = picked.picks.iter().find(|pick| pick.count == 1).unwrap();
    assert_eq!((best.selector.as_str(), best.stability), ("#b li.x", Stability::Class));
}

fn addresses() {
    let kinds = |html: &str| -> Vec<(Stability, usize)> {
        pick(&parse(html), "b").unwrap().picks.iter().map(|pick| (pick.stability, pick.count)).collect()
    };
    let (address, class, structure) = (Stability::Address, Stability::Class, Stability::Structure);
    let alike = "<p><a class=x href=/a>A</a> <a class=x href=/b>B</a>";
    assert_eq!(kinds(alike), [(address, 1), (class, 2), (structure, 1)]);
    let apart = "<p><a class=x href=/a>A</a> <a class=y href=/b>B</a>";
    assert_eq!(kinds(apart), [(class, 1), (address, 1), (structure, 1)]);
    let shared = "<p><a class=x href=/b>A</a> <a class=x href=/b>B</a>";
    assert_eq!(kinds(shared), [(class, 2), (address, 2), (structure, 1)]);
}

fn all_match() {
    let document = parse(
        "<div id=top><section class=one><h2>Alpha</h2><p class='lead note'>Beta</p></section><section><h2>Gamma</h2><p>Delta</p></section></div>",
    );
    for text in ["alpha", "beta", "gamma", "delta"] {
        let picked = pick(&document, text).unwrap();
        assert!(picked.picks.iter().any(|pick| pick.count == 1), "{text}: {:?}", picked.picks);
        for pick in &picked.picks {
            let found = document.select(&Selector::parse(&pick.selector).unwrap());
            assert!(found.contains(&picked.element) && found.len() == pick.count, "{pick:?}");
        }
    }
}

fn labels() {
    let document = parse("<input placeholder='Your name' name=who><img alt='A lamp' src=x><p hidden>secret</p>");
    assert_eq!(document.name(pick(&document, "your name").unwrap().element), "input");
    assert_eq!(document.name(pick(&document, "lamp").unwrap().element), "img");
    for none in ["secret", "nowhere", "", "  "] {
        assert_eq!(pick(&document, none), None, "{none}");
    }
}
