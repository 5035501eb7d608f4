//! A warehouse business over two years: what was ordered, delivered and moved, and the stock that follows from it.
//!
//! The ledger is exact: `stock.cumulative_sum` opens at 2000 for every product and location on the first day, and
//! changes by deliveries − orders + moves in − moves out. Traps, on purpose: only `product_id` is declared as a
//! foreign key; some deliveries went to a location, and some orders came from a company, that have no row.

mod ledger;
mod reference;
mod staff;

use super::dice::Dice;
use super::model::{Dataset, DemoColumn, DemoTable, DemoView, day, optional_text, text, ymd};
use chrono::{Datelike, NaiveDate, Weekday};
use datafyme_domain::Value;

const SCHEMA: &str = "fulfillment";
/// Days of the ledger: 2024 and 2025.
const DAYS: usize = 731;
const ORDERS: usize = 2_400;
const DELIVERIES: usize = 1_500;
const MOVEMENTS: usize = 1_000;
const PRODUCTS: usize = 11;
/// Including location 0, which has no row of its own.
const LOCATIONS: usize = 11;

/// The dataset.
#[must_use]
pub fn dataset() -> Dataset {
    let orders = draw_orders(&mut Dice::new(1));
    let movements = draw_movements(&mut Dice::new(2));
    let (deliveries, stock) = ledger::run(&mut Dice::new(3), &orders, &movements);
    let mut tables = reference::tables();
    tables.extend([order_table(&orders), delivery_table(&deliveries), movement_table(&movements), stock_table(stock)]);
    tables.extend(staff::tables());
    Dataset {
        name: "fulfillment",
        schemas: vec![SCHEMA],
        tables,
        views: vec![DemoView {
            schema: SCHEMA,
            name: "monthly_sales",
            query: "SELECT substr(o.order_date, 1, 7) AS month, p.product_name, COUNT(*) AS order_count, \
                    SUM(o.quantity) AS units, SUM(o.quantity * p.price) AS revenue \
                    FROM orders o JOIN products p ON p.product_id = o.product_id \
                    GROUP BY substr(o.order_date, 1, 7), p.product_name",
            comment: "Orders, units and revenue per month and product",
        }],
    }
}

fn first_day() -> NaiveDate {
    ymd(2024, 1, 1)
}

fn date(days: usize) -> NaiveDate {
    day(first_day(), days)
}

/// Months since the first one.
fn month_index(date: NaiveDate) -> usize {
    (date.year() - first_day().year()) as usize * 12 + date.month0() as usize
}

/// Whether the location keeps the product at all: seven locations per product, seven products per location.
const fn keeps(product: usize, location: usize) -> bool {
    (product * 3 + location * 5) % LOCATIONS < 7
}

struct Order {
    day: usize,
    product: usize,
    location: usize,
    company: usize,
    quantity: i64,
    status: &'static str,
    closed: Option<usize>,
}

struct Movement {
    day: usize,
    product: usize,
    from: usize,
    to: usize,
    quantity: i64,
    employee: Option<i64>,
}

struct Delivery {
    day: usize,
    product: usize,
    location: usize,
    quantity: i64,
}

/// Demand per day: a December peak, a quiet summer, growth of two per cent a month, slow weekends. Nothing on the
/// first day, when the ledger opens.
fn demand() -> Vec<usize> {
    const MONTHS: [usize; 12] = [78, 74, 88, 92, 96, 90, 76, 72, 98, 108, 132, 176];
    (0..DAYS)
        .map(|d| {
            let date = date(d);
            let season = MONTHS.get(date.month0() as usize).copied().unwrap_or_default();
            let weekday = match date.weekday() {
                Weekday::Sat => 45,
                Weekday::Sun => 25,
                _ => 100,
            };
            if d == 0 { 0 } else { season * weekday * (100 + 2 * month_index(date)) / 1000 }
        })
        .collect()
}

/// Popularity of a product in a month: (at the start, change per month in tenths). Product 2 fades away while its
/// successor, product 3, takes over from the ninth month on; product 10 is not on sale yet.
fn popularity(product: usize, month: usize) -> usize {
    const TRENDS: [(i64, i64); PRODUCTS] =
        [(62, 5), (45, 12), (118, -48), (0, 0), (24, 15), (70, 0), (40, -4), (29, 8), (50, 10), (36, -5), (0, 0)];
    if product == 3 {
        return month.saturating_sub(7) * 8;
    }
    let (start, slope) = TRENDS.get(product).copied().unwrap_or_default();
    let gift = if product == 8 && month % 12 == 11 { 2 } else { 1 };
    usize::try_from(start + slope * month as i64 / 10).unwrap_or(0) * gift
}

fn draw_orders(dice: &mut Dice) -> Vec<Order> {
    // Company 0 has no row; company 10 never orders.
    const COMPANIES: [usize; 11] = [8, 21, 9, 15, 6, 18, 4, 12, 7, 10, 0];
    const LOCATION_WEIGHTS: [usize; LOCATIONS] = [0, 14, 8, 20, 5, 11, 17, 9, 6, 12, 7];
    let demand = demand();
    let mut days: Vec<usize> = (0..ORDERS).map(|_| dice.weighted(&demand)).collect();
    days.sort_unstable();
    days.into_iter()
        .map(|day| {
            let month = month_index(date(day));
            let weights: Vec<usize> = (0..PRODUCTS).map(|p| popularity(p, month)).collect();
            let product = dice.weighted(&weights);
            let at: Vec<usize> = LOCATION_WEIGHTS
                .iter()
                .enumerate()
                .map(|(location, weight)| if keeps(product, location) { *weight } else { 0 })
                .collect();
            let company = dice.weighted(&COMPANIES);
            let largest = if company % 3 == 1 { 100 } else { 60 };
            let quantity = dice.between(1, largest);
            let location = dice.weighted(&at);
            let (status, closed) = draw_closing(dice, day);
            Order { day, product, location, company, quantity, status, closed }
        })
        .collect()
}

/// Mostly closed within ten days, slower before Christmas; a few on hold; the last ones still open.
fn draw_closing(dice: &mut Dice, day: usize) -> (&'static str, Option<usize>) {
    let rush = if date(day).month() >= 11 { 3 } else { 0 };
    let closed = day + dice.below(11).min(dice.below(11)) + dice.below(rush + 1);
    if dice.chance(3) {
        ("on hold", None)
    } else if closed >= DAYS {
        ("open", None)
    } else {
        ("closed", Some(closed))
    }
}

fn draw_movements(dice: &mut Dice) -> Vec<Movement> {
    let mut days: Vec<usize> = (0..MOVEMENTS).map(|_| 1 + dice.below(DAYS - 1)).collect();
    days.sort_unstable();
    days.into_iter()
        .map(|day| {
            let product = 1 + dice.below(PRODUCTS - 1);
            let at: Vec<usize> = (1..LOCATIONS).filter(|l| keeps(product, *l)).collect();
            let from = dice.pick(&at);
            let elsewhere: Vec<usize> = at.into_iter().filter(|l| *l != from).collect();
            // One in twenty only changes the shelf.
            let to = if dice.chance(5) { from } else { dice.pick(&elsewhere) };
            Movement {
                day,
                product,
                from,
                to,
                quantity: dice.between(1, 60),
                employee: (!dice.chance(6))
                    .then(|| 1 + dice.below(staff::EMPLOYEES).min(dice.below(staff::EMPLOYEES)) as i64),
            }
        })
        .collect()
}

fn order_table(orders: &[Order]) -> DemoTable {
    let columns = vec![
        DemoColumn::text("order_id"),
        DemoColumn::text("order_date").about("Day the order was placed, YYYY-MM-DD"),
        DemoColumn::text("product_id"),
        DemoColumn::text("closing_date")
            .nullable()
            .about("Day the order was closed, YYYY-MM-DD; NULL while it is open or on hold"),
        DemoColumn::text("company_id").about("Customer that ordered"),
        DemoColumn::integer("quantity").about("Units ordered"),
        DemoColumn::text("location_id").about("Location that ships"),
        DemoColumn::text("status").about("open, on hold or closed"),
    ];
    let rows = orders.iter().enumerate().map(|(number, order)| {
        vec![
            text(format!("order-{}", number + 1)),
            text(date(order.day).to_string()),
            text(format!("product-{}", order.product)),
            optional_text(order.closed.map(|d| date(d).to_string())),
            text(format!("company-{}", order.company)),
            Value::Int(order.quantity),
            text(format!("location-{}", order.location)),
            text(order.status),
        ]
    });
    DemoTable::new(SCHEMA, "orders", columns)
        .commented("Customer orders, one product each")
        .keyed("order_id")
        .referencing("product_id", SCHEMA, "products")
        .filled(rows.collect())
}

fn delivery_table(deliveries: &[Delivery]) -> DemoTable {
    let columns = vec![
        DemoColumn::text("delivery_id"),
        DemoColumn::text("delivery_date").about("Day the goods came in, YYYY-MM-DD"),
        DemoColumn::text("product_id"),
        DemoColumn::text("location_id").about("Location that received the goods"),
        DemoColumn::integer("quantity").about("Units delivered"),
    ];
    let rows = deliveries.iter().enumerate().map(|(number, delivery)| {
        vec![
            text(format!("delivery-{}", number + 1)),
            text(date(delivery.day).to_string()),
            text(format!("product-{}", delivery.product)),
            text(format!("location-{}", delivery.location)),
            Value::Int(delivery.quantity),
        ]
    });
    DemoTable::new(SCHEMA, "deliveries", columns)
        .commented("Goods that came in from suppliers")
        .keyed("delivery_id")
        .referencing("product_id", SCHEMA, "products")
        .filled(rows.collect())
}

fn movement_table(movements: &[Movement]) -> DemoTable {
    let columns = vec![
        DemoColumn::text("movement_id"),
        DemoColumn::text("location_from"),
        DemoColumn::text("location_to"),
        DemoColumn::text("product_id"),
        DemoColumn::integer("quantity").about("Units moved"),
        DemoColumn::text("movement_date").about("Day of the transfer, YYYY-MM-DD"),
        DemoColumn::integer("dolgozo_id")
            .nullable()
            .about("Employee who moved the goods; NULL for automatic transfers"),
    ];
    let rows = movements.iter().enumerate().map(|(number, movement)| {
        vec![
            text(format!("movement-{}", number + 1)),
            text(format!("location-{}", movement.from)),
            text(format!("location-{}", movement.to)),
            text(format!("product-{}", movement.product)),
            Value::Int(movement.quantity),
            text(date(movement.day).to_string()),
            movement.employee.map_or(Value::Null, Value::Int),
        ]
    });
    DemoTable::new(SCHEMA, "movements", columns)
        .commented("Transfers of goods between locations")
        .keyed("movement_id")
        .referencing("product_id", SCHEMA, "products")
        .filled(rows.collect())
}

fn stock_table(stock: Vec<ledger::StockDay>) -> DemoTable {
    let columns = vec![
        DemoColumn::text("product_id"),
        DemoColumn::text("location_id"),
        DemoColumn::text("date").about("Day, YYYY-MM-DD"),
        DemoColumn::integer("cumulative_sum").about("Units on hand at the end of the day"),
    ];
    let rows = stock.into_iter().map(|line| {
        vec![
            text(format!("product-{}", line.product)),
            text(format!("location-{}", line.location)),
            text(date(line.day).to_string()),
            Value::Int(line.units),
        ]
    });
    DemoTable::new(SCHEMA, "stock", columns)
        .commented("Stock level per product, location and day")
        .filled(rows.collect())
}
