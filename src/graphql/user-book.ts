import type { WebSocket } from 'ws';

interface CountedSocket {
  readonly socket: WebSocket;
  /** Takes it out of the count of its user. */
  leaveUser?: () => void;
}

export interface UserBook {
  /** False when that user has as many sockets as it may. */
  enter(userId: string, extra: CountedSocket): boolean;
}

/** Counts sockets by their user, so that several tokens do not make several allowances. */
export function userBook(most: number): UserBook {
  const count = new Map<string, number>();
  return {
    enter(userId, extra) {
      const present = count.get(userId) ?? 0;
      if (present >= most) return false;
      if (extra.socket.readyState !== extra.socket.OPEN) return true; // gone while it was looked up: nobody would take it out
      count.set(userId, present + 1);
      extra.leaveUser = () => {
        const left = (count.get(userId) ?? 1) - 1;
        if (left > 0) count.set(userId, left);
        else count.delete(userId);
      };
      return true;
    },
  };
}
