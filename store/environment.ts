import { userInfo } from 'node:os';

/** The only place below the command line that looks at environment variables. */
export const environment = {
  /** Folder of the store when the variable FLOW_STORE names one. */
  get store(): string | undefined {
    return process.env.FLOW_STORE || undefined;
  },
  /** What the limits on what is read from a store are multiplied with: FLOW_LIMITS, at least 1. */
  get limits(): number {
    return Math.max(1, Number(process.env.FLOW_LIMITS) || 1);
  },
  /** The user: OXBOW_USER, else the login name. */
  get user(): string {
    return process.env.OXBOW_USER?.trim() || loginName();
  },
  /** Folder for what may be lost, when XDG_CACHE_HOME names one. */
  get cacheHome(): string | undefined {
    return process.env.XDG_CACHE_HOME || undefined;
  },
  /** Folder for what a user keeps from one session to the next, when XDG_STATE_HOME names one. */
  get stateHome(): string | undefined {
    return process.env.XDG_STATE_HOME || undefined;
  },
  /** Options of node beside those of its command line. */
  get nodeOptions(): string {
    return process.env.NODE_OPTIONS ?? '';
  },
};

function loginName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a uid that no user database knows.
    return process.env.USER || process.env.USERNAME || 'unknown';
  }
}
