//! Products in nested markup, as shops write it, with gaps and mixed number formats.

use axum::Router;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

use super::content::Seed;
use super::html::{page, page_with};
use super::index::Entry;
use super::state::Shared;

pub(super) const ENTRIES: &[Entry] =
    &[Entry::new("/products", "products in nested markup: prices in several formats, variants, missing parts")];

/// A product; an empty text or list stands for a part that the page leaves out.
struct Product {
    name: &'static str,
    price: &'static str,
    currency: &'static str,
    rating: &'static str,
    description: &'static str,
    variants: &'static [(&'static str, &'static str, u32)],
}

const PRODUCTS: [Product; 8] = [
    Product {
        name: "Wireless <b>Logitech</b> Mouse",
        price: "$1,299.00",
        currency: "USD",
        rating: "4.5",
        description: "A mouse<br>with <em>two</em> buttons &amp; a wheel.",
        variants: &[("Black", "LM-B", 12), ("White", "LM-W", 0)],
    },
    Product {
        name: "Desk lamp <i>Aurora</i>",
        price: "1.299,00 €",
        currency: "EUR",
        rating: "3.8",
        description: "Warm light, <span>three</span><span> steps</span>.",
        variants: &[("Brass", "DL-1", 3)],
    },
    Product {
        name: "Notebook",
        price: "£49",
        currency: "GBP",
        rating: "",
        description: "",
        variants: &[("A4", "NB-4", 40), ("A5", "NB-5", 25), ("A6", "NB-6", 0)],
    },
    Product {
        name: "茶碗 (tea bowl)",
        price: "¥12,800",
        currency: "JPY",
        rating: "5",
        description: "Made by hand in Mino.",
        variants: &[],
    },
    Product {
        name: "Wanderschuh &bdquo;Säntis&ldquo;",
        price: "CHF 1'299.50",
        currency: "CHF",
        rating: "4.9",
        description: "For long days &mdash; and wet ones.",
        variants: &[("41", "WS-41", 2), ("42", "WS-42", 5), ("43", "WS-43", 1)],
    },
    Product {
        name: "Kaffekopp",
        price: "129,50 kr",
        currency: "SEK",
        rating: "4.1",
        description: "",
        variants: &[("Blue", "KK-B", 7)],
    },
    Product {
        name: "Cable, 2&nbsp;m",
        price: "from $7.99",
        currency: "USD",
        rating: "2",
        description: "USB-C to USB-C.",
        variants: &[("Grey", "C-2", 300)],
    },
    Product { name: "Prototype", price: "", currency: "", rating: "", description: "Price on request.", variants: &[] },
];

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/products", get(list))
        .route("/products/{number}", get(one))
        .route("/images/{file}", get(image))
}

async fn list() -> Html<String> {
    let cards: String = PRODUCTS.iter().enumerate().map(|(index, product)| card(index + 1, product)).collect();
    page("Products", &format!("<h1>Products</h1>\n<div class=\"products\">\n{cards}</div>"))
}

async fn one(Path(number): Path<usize>) -> Response {
    let Some(product) = number.checked_sub(1).and_then(|index| PRODUCTS.get(index)) else {
        return page_with(StatusCode::NOT_FOUND, "Not found", "<h1>Not found</h1>\n<p>There is no such product.</p>");
    };
    page(&format!("Product {number}"), &card(number, product)).into_response()
}

/// A picture whose hue depends on its name.
async fn image(Path(file): Path<String>) -> Response {
    let hue = Seed::new(&file, 0).below(360);
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"64\" height=\"64\"><rect width=\"64\" height=\"64\" fill=\"hsl({hue} 60% 60%)\"/></svg>"
    );
    ([(header::CONTENT_TYPE, "image/svg+xml")], svg).into_response()
}

fn card(number: usize, product: &Product) -> String {
    let Product { name, price, currency, rating, description, variants } = product;
    let part = |text: &str, html: String| if text.is_empty() { String::new() } else { html };
    let price = part(price, format!("<p class=\"price\" data-currency=\"{currency}\">{price}</p>\n"));
    let rating = part(rating, format!("<span class=\"rating\" data-value=\"{rating}\">{rating} of 5</span>\n"));
    let description = part(description, format!("<div class=\"description\"><p>{description}</p></div>\n"));
    let rows: String = variants.iter().map(variant).collect();
    let variants = part(&rows, format!("<ul class=\"variants\">\n{rows}</ul>\n"));
    format!(
        "<article class=\"product\" data-id=\"{number}\">\n<h2><a class=\"name\" href=\"/products/{number}\">{name}</a></h2>\n\
         <img class=\"photo\" src=\"/images/{number}.svg\" alt=\"Photo {number}\" width=\"64\" height=\"64\">\n\
         {price}{rating}{description}{variants}</article>\n"
    )
}

fn variant((option, sku, stock): &(&str, &str, u32)) -> String {
    let sold_out = if *stock == 0 { " sold-out" } else { "" };
    format!(
        "<li class=\"variant{sold_out}\"><span class=\"option\">{option}</span> <code class=\"sku\">{sku}</code> \
         <span class=\"stock\">{stock} in stock</span></li>\n"
    )
}
