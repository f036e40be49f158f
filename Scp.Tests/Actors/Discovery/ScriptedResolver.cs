using System.Threading.Channels;
using Scp.Actors.Discovery;

namespace Scp.Tests.Actors.Discovery;

/// <summary>A resolver that answers when the test says so.</summary>
internal sealed class ScriptedResolver : INameResolver
{
    private readonly Channel<Question> _questions = Channel.CreateUnbounded<Question>();

    public int Asked { get; private set; }

    /// <summary>The next question that is asked.</summary>
    public async Task<Question> NextAsync() => await _questions.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));

    public Task<NameAnswer> ResolveAsync(CancellationToken cancellation)
    {
        Asked++;
        var question = new Question(cancellation);
        _questions.Writer.TryWrite(question);
        return question.Answered;
    }

    internal sealed class Question(CancellationToken cancellation)
    {
        private readonly TaskCompletionSource<NameAnswer> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<NameAnswer> Answered => _answer.Task;

        public bool IsCancelled => cancellation.IsCancellationRequested;

        public void Answer(int seconds, params string[] addresses) =>
            _answer.SetResult(NameAnswer.Of([.. addresses.Select(a => new DiscoveredMember(a))], TimeSpan.FromSeconds(seconds)));

        public void Fail(string reason) => _answer.SetResult(NameAnswer.Failed(reason));

        public void Throw(Exception cause) => _answer.SetException(cause);
    }
}
