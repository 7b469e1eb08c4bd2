//! How much memory a server needs that knows a million members, while purchases of all of them come
//! in one by one on 64 connections.

use crate::folder::Folder;
use crate::http;
use crate::load;
use crate::merchant::Merchant;
use crate::options::Options;
use crate::orders;
use crate::report::Report;
use crate::serving::{self, Server};
use regulars_app::Database;

pub(crate) fn run(options: &Options) -> anyhow::Result<Report> {
    let folder = Folder::new(options, "memory")?;
    let file = folder.file("orders.csv");
    orders::write(&file, orders::of_each(options.members))?;
    let merchant = Merchant::new(Database::Sqlite(serving::file(folder.path())))?;
    merchant.import(&file, &mut |_| true)?;
    merchant.app.close();
    drop(merchant);
    let server = Server::start(folder.path())?;
    let before = server.mib("VmRSS")?;
    let load = http::single(options, orders::stream(5, options.members, options.members));
    let driven = load::drive(std::slice::from_ref(&server), load)?;
    let report = Report::rate("memory", driven.requests, driven.seconds)
        .with("members", options.members as f64)
        .with("mib", server.mib("VmRSS")?)
        .with("mib_before", before)
        .with("mib_most", server.mib("VmHWM")?);
    server.stop()?;
    Ok(report)
}
