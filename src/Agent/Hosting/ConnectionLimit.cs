using Microsoft.AspNetCore.Connections;

namespace EbpfAgent.Hosting;

/// <summary>
/// Bounds the open connections, each of which may hold a block of <see cref="SendBuffers"/>. One too many ends the oldest, and is served itself: were it refused, as Kestrel's own limit does, a hundred connections
/// that say nothing would keep every scraper out. For any thread.
/// </summary>
/// <param name="most">The most connections.</param>
internal sealed class ConnectionLimit(int most)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<ConnectionContext> _open = new();

    /// <summary>What is to be used before all else that a connection goes through.</summary>
    public ConnectionDelegate Wrap(ConnectionDelegate next) => async connection =>
    {
        LinkedListNode<ConnectionContext> place = Enter(connection, out ConnectionContext? oldest);
        oldest?.Abort(new ConnectionAbortedException("newer connections need its place"));
        try
        {
            await next(connection);
        }
        finally
        {
            Leave(place);
        }
    };

    private LinkedListNode<ConnectionContext> Enter(ConnectionContext connection, out ConnectionContext? oldest)
    {
        lock (_gate)
        {
            oldest = null;
            if (_open.Count >= most && _open.First is { } first)
            {
                oldest = first.Value;
                _open.Remove(first);
            }

            return _open.AddLast(connection);
        }
    }

    private void Leave(LinkedListNode<ConnectionContext> place)
    {
        lock (_gate)
        {
            if (place.List is not null) _open.Remove(place);
        }
    }
}
