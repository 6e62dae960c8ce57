import type { Dispatcher } from 'undici';

/** Whether a call has left this machine. */
export interface Departure {
  /** The dispatcher to send the one call with. */
  dispatcher: Dispatcher;
  /** False: surely not one byte of it was written. */
  left(): boolean;
}

/**
 * Watches one call. undici announces a request right before it writes it to a connection that
 * stands (name found, TLS agreed), which tells "never sent" from "may have arrived" exactly, where
 * error codes only hint. A second announcement would be a repetition: it is prevented.
 */
export function watchDeparture(connections: Dispatcher): Departure {
  let left = false;
  const dispatcher = connections.compose(
    (dispatch) => (options, handler) =>
      dispatch(options, {
        onRequestStart(controller, context) {
          if (left) {
            controller.abort(new Error('the call was about to be sent twice'));
            return;
          }
          left = true;
          handler.onRequestStart?.(controller, context);
        },
        onResponseStart: (...args) => handler.onResponseStart?.(...args),
        onResponseData: (...args) => handler.onResponseData?.(...args),
        onResponseEnd: (...args) => handler.onResponseEnd?.(...args),
        onResponseError: (...args) => handler.onResponseError?.(...args),
      }),
  );
  return { dispatcher, left: () => left };
}
