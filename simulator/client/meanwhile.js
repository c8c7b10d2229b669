// What is heard while a page is being fetched: the page may be older than that, so it is heard once more afterwards.

export class Meanwhile {
  /** handle: what an event does. */
  constructor(handle) {
    this.handle = handle;
    this.underWay = new Set();
  }

  hear(event) {
    for (const heard of this.underWay) heard.push(event);
    this.handle(event);
  }

  /** Shows what `fetch` brings, by `show`. */
  async fetched(fetch, show) {
    const heard = [];
    this.underWay.add(heard);
    try {
      show(await fetch());
    } finally {
      this.underWay.delete(heard);
    }
    for (const event of heard) this.handle(event);
  }
}
