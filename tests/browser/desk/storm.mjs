// Messages of customers, as many a second as are asked for.

/** Messages to these conversations in turn, until it is stopped; stopping says how many there were. */
export function storm(world, ids, aSecond) {
  let on = true;
  let sent = 0;
  const begin = Date.now();
  const send = async () => {
    while (on) {
      const due = ((Date.now() - begin) / 1000) * aSecond;
      if (sent >= due) {
        await new Promise((wake) => setTimeout(wake, 5));
        continue;
      }
      sent += 1;
      await world.say(ids[(sent * 7) % ids.length], `Message ${sent}`);
    }
  };
  const senders = Array.from({ length: 16 }, send);
  return async () => {
    on = false;
    await Promise.all(senders);
    return sent;
  };
}
