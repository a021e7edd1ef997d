const loopbackNames = ['127.0.0.1', '::1', 'localhost'];

/** Whether a listener on that host is reached from this machine alone. */
export function isLoopbackHost(host: string): boolean {
  return loopbackNames.includes(host.toLowerCase());
}

/** Whether the host stands for all addresses of the machine (`0.0.0.0`, `::`), which nobody can dial. */
export function isEveryAddress(host: string): boolean {
  return /^(::ffff:)?[0:.]+$/i.test(host);
}
